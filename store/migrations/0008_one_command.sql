-- Most commands of people come alone, and nothing bars them. For these there is a second, shorter way into the log: it
-- writes the command, or answers nulls and leaves to log.append to judge it and say why. It takes one command without
-- natural keys that neither makes nor destroys a data key, under the same lock, by the same questions: was it carried
-- out, does each stream stand where it was known, was nobody erased. log.append stays as it is.
create function log.append_one(
    c_id uuid, c_request bytea, c_answer json,
    e_stream uuid[], e_version integer[], e_topic text[], e_state bytea[],
    s_subject uuid[],
    l_stream uuid[], l_version integer[],
    simulated_at timestamptz,
    out last_position bigint, out at timestamptz)
returns record language plpgsql security definer
set search_path = log, pg_temp
-- The plans are pinned as those of log.append are, and for the same reason.
set enable_seqscan = off
set enable_nestloop = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    base    bigint;
    instant timestamptz;
    barred  boolean;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'log.append_one needs READ COMMITTED: an older snapshot cannot judge versions'
            using errcode = 'invalid_transaction_state';
    end if;
    -- First of all: every later statement sees all that earlier holders committed.
    perform pg_advisory_xact_lock('log.event'::regclass::oid::bigint);

    for n in 1 .. cardinality(e_stream) loop   -- a stream is known as it is to stand before its first event
        if array_position(e_stream, e_stream[n]) = n then
            l_stream := l_stream || e_stream[n];
            l_version := l_version || e_version[n] - 1;
        end if;
    end loop;
    select
        exists (select from command o where o.id = c_id)
        or exists (
            select from unnest(l_stream, l_version) as known (stream, version)
            where known.version is distinct from coalesce(
                (select x.version from event x where x.stream = known.stream order by x.version desc limit 1), 0)),
        coalesce(newest.position, 0), newest.recorded_at
    into barred, base, instant
    from (select) one left join (select * from event e order by e.position desc limit 1) newest on true;
    if s_subject is not null then
        barred := barred or exists (
            select from unnest(s_subject) as s (subject)
            where (select d.wrapped from data_key d where d.subject_id = s.subject) is null);
    end if;
    if barred then
        return;
    end if;

    at := clock_timestamp();
    if simulated_at is not null then
        at := case when (select o.simulated from origin o) then simulated_at else at end;
    end if;
    at := greatest(at, instant);
    last_position := base + cardinality(e_stream);
    insert into event (position, recorded_at, stream, version, topic, state)
    select base + e.n, at, e.stream, e.version, e.topic, e.state
    from unnest(e_stream, e_version, e_topic, e_state) with ordinality as e (stream, version, topic, state, n);
    insert into command (id, request, position, answer) values (c_id, c_request, last_position, c_answer);
    perform pg_notify('log', last_position::text);
end $$;

revoke all on function log.append_one from public;
grant execute on function log.append_one to jaminan_app;
