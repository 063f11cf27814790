-- What can never be rebuilt: the facts, and what judging the next command needs.
-- The application role reads these tables and writes them through functions only (see 0002, 0003).

create extension if not exists pg_trgm;

-- One row per fact. Positions are dense and rise in the order of commits, so position - 1 is the leaf
-- number in the audit log, and recorded_at never falls from one position to the next.
create table log.event (
    position    bigint      primary key,
    recorded_at timestamptz not null,
    stream      uuid        not null,
    version     integer     not null,
    topic       text        not null,
    state       bytea       not null,
    unique (stream, version)
);
create index event_by_topic on log.event (topic, position);

-- A command that was carried out is remembered with its first answer. The type is json, not jsonb:
-- the answer must come back byte for byte, and jsonb refuses some valid strings.
create table log.command (
    id       uuid   primary key,
    request  bytea  not null,     -- SHA-256, to tell a repeat from another request under the same id
    position bigint not null,     -- of its last event
    answer   json
);

-- What may exist once at a time: one live membership per NIK, one death claim per person.
create table log.natural_key (
    kind   text  not null,
    digest bytea not null,        -- HMAC; never the value itself
    owner  uuid  not null,
    primary key (kind, digest)
);
create index natural_key_by_owner on log.natural_key (owner);

-- One data key per person, wrapped by the master key. An erased key leaves its row, so that nothing
-- can be sealed for this person again.
create table log.data_key (
    subject_id       uuid        primary key,
    wrapped          bytea,
    created_position bigint,      -- the log as the key found it; empty if a document came first
    erased_at        timestamptz,
    check ((wrapped is null) = (erased_at is not null))
);

-- Documents, sealed under the key of the person they are about, named by the SHA-256 of their content.
create table log.document (
    sha256     bytea       not null,
    subject_id uuid        not null,
    sealed     bytea       not null,
    stored_at  timestamptz not null default clock_timestamp(),
    primary key (sha256, subject_id)
);
alter table log.document alter column sealed set storage external;  -- ciphertext does not compress

-- Which log this is. Positions and cursors mean nothing in another one.
create table log.origin (
    log_id     uuid        primary key,
    simulated  boolean     not null,   -- a demonstration: recorded_at may follow the demo's clock
    created_at timestamptz not null default clock_timestamp(),
    only_row   boolean     not null default true unique check (only_row)
);

-- The second line behind the grants. Statement triggers, since row triggers never see TRUNCATE;
-- "always", since session_replication_role would switch ordinary ones off.
create function log.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '%.% is append-only: % is refused', tg_table_schema, tg_table_name, tg_op
        using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete or truncate on log.event
    for each statement execute function log.refuse_change();
create trigger append_only before update or delete or truncate on log.command
    for each statement execute function log.refuse_change();
create trigger append_only before update or delete or truncate on log.origin
    for each statement execute function log.refuse_change();
alter table log.event   enable always trigger append_only;
alter table log.command enable always trigger append_only;
alter table log.origin  enable always trigger append_only;

-- Read tables and their positions belong to the application: they can be rebuilt.
create schema read;
create schema personal;
create schema work;

grant usage on schema log to jaminan_app;
grant select on all tables in schema log to jaminan_app;
grant usage, create on schema read, personal, work to jaminan_app;
