"""How the server is set up: what must hold, what an operator may tune, and who is let in."""

# Given on the command line: neither a file nor ALTER SYSTEM may undo what durability and privacy rest on.
# The log of the server takes no statement, no parameter, and of a message no detail: these may hold names.
MUST_HOLD = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}

CONFIGURATION = """\
# Written at every start. To change a value, use ALTER SYSTEM: it outlives and overrules this file.
max_connections = 100
shared_buffers = 128MB
min_wal_size = 512MB
max_wal_size = 2GB
checkpoint_timeout = 15min
jit = off
timezone = UTC
log_timezone = UTC
lc_messages = C
default_text_search_config = 'pg_catalog.simple'
log_line_prefix = '%m [%p] '
"""

ADMISSION = """\
# Written at every start. Whoever knows the password may come, from this machine only.
host all all 127.0.0.1/32 scram-sha-256
"""
