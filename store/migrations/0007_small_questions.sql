-- Nearly every command stands, so what bars one is looked for by small questions with short answers, and only what is
-- found is written down. The function of 0006 joined all commands with all answers to all questions, which
-- cost two thirds of its time where one command came alone. What it takes and answers is the same.
create or replace function log.append(
    c_id uuid[], c_request bytea[], c_answer json[],
    e_command integer[], e_stream uuid[], e_version integer[], e_topic text[], e_state bytea[],
    k_command integer[], k_kind text[], k_digest bytea[], k_owner uuid[], k_take boolean[],
    s_command integer[], s_subject uuid[], s_wrapped bytea[], s_erase boolean[],
    l_command integer[], l_stream uuid[], l_version integer[],
    simulated_at timestamptz)
returns table (outcome text, last_position bigint, first_answer json, holder uuid, at timestamptz)
language plpgsql security definer
set search_path = log, pg_temp
-- The plans are pinned: big tables are reached only by scalar index probes, small sets meet only by hash.
-- A cached plan of ordinary joins grew from 1.6 to 42 ms a call at 200,000 events.
set enable_seqscan = off
set enable_nestloop = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    base    bigint;
    last    bigint;
    instant timestamptz;
    bars    text[];    -- by command: why it does not stand. What weighs more is written later
    holders uuid[];    -- by command: who holds a natural key that it wants
    ends    bigint[];  -- by command: where it stands, the position of its last event
    barred  integer[];
    n       integer;
    bar     text;
    owner   uuid;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'log.append needs READ COMMITTED: an older snapshot cannot judge versions'
            using errcode = 'invalid_transaction_state';
    end if;
    -- First of all: every later statement sees all that earlier holders committed, and positions
    -- follow the order of commits. Keys before the lock would deadlock (measured).
    perform pg_advisory_xact_lock('log.event'::regclass::oid::bigint);
    -- The end of the log is read from the log: a mutable counter row rots under any open snapshot.
    select e.position, e.recorded_at into base, instant from event e order by e.position desc limit 1;
    base := coalesce(base, 0);
    if simulated_at is null or not coalesce((select o.simulated from origin o), false) then
        simulated_at := clock_timestamp();
    end if;
    instant := greatest(simulated_at, instant);

    if l_command is not null then   -- versions have no gaps, so the next one tells
        select array_agg(l.command) into barred
        from unnest(l_command, l_stream, l_version) as l (command, stream, version)
        where (select true from event x where x.stream = l.stream and x.version = l.version + 1);
        foreach n in array coalesce(barred, '{}') loop
            bars[n] := 'moved';
        end loop;
    end if;
    if s_command is not null then   -- no key to seal with any more; or a new key where somebody else's came first
        for n, bar in
            select t.command, case when t.wrapped is null or (t.key).erased_at is not null then 'erased' else 'stale' end
            from (
                select s.*, (select d from data_key d where d.subject_id = s.subject) as key
                from unnest(s_command, s_subject, s_wrapped, s_erase) as s (command, subject, wrapped, erase)
                where not s.erase) t
            where case
                when t.wrapped is null then (t.key).wrapped is null
                else (t.key).subject_id is not null and (t.key).wrapped is distinct from t.wrapped end
            order by 2 desc
        loop
            bars[n] := bar;
        end loop;
    end if;
    select array_agg(f.command) into barred   -- a version that is there already, or one that would leave a gap
    from (
        select e.command, e.stream, min(e.version) as first
        from unnest(e_command, e_stream, e_version) as e (command, stream, version)
        group by 1, 2) f
    where (select true from event x where x.stream = f.stream and x.version = f.first)
        or f.first > 1
            and (select true from event x where x.stream = f.stream and x.version = f.first - 1) is null;
    foreach n in array coalesce(barred, '{}') loop
        bars[n] := 'stale';
    end loop;
    if k_command is not null then
        for n, owner in
            select t.command, t.holder
            from (
                select k.command, (select x.owner from natural_key x where x.kind = k.kind and x.digest = k.digest)
                    as holder
                from unnest(k_command, k_kind, k_digest, k_take) as k (command, kind, digest, take)
                where k.take) t
            where t.holder is not null
        loop
            bars[n] := 'taken';
            holders[n] := coalesce(holders[n], owner);
        end loop;
    end if;
    if exists (select from command o where o.id = any (c_id)) then
        for n, bar in
            select t.n, case when o.request = t.request then 'repeated' else 'reused' end
            from unnest(c_id, c_request) with ordinality as t (id, request, n)
            join command o on o.id = t.id
            where o.id = any (c_id)
        loop
            bars[n] := bar;
            holders[n] := null;
        end loop;
    end if;

    last := base;
    foreach n in array e_command loop
        if bars[n] is null then
            last := last + 1;
            ends[n] := last;
        end if;
    end loop;
    if last > base then
        insert into event (position, recorded_at, stream, version, topic, state)
        select base + row_number() over (order by e.n), instant, e.stream, e.version, e.topic, e.state
        from unnest(e_command, e_stream, e_version, e_topic, e_state) with ordinality
             as e (command, stream, version, topic, state, n)
        where bars[e.command] is null
        order by e.n;
        insert into command (id, request, position, answer)
        select c.id, c.request, ends[c.n::integer], c.answer
        from unnest(c_id, c_request, c_answer) with ordinality as c (id, request, answer, n)
        where ends[c.n::integer] is not null;
        if k_command is not null then
            delete from natural_key where ctid = any (array(
                select (select x.ctid from natural_key x
                        where x.kind = k.kind and x.digest = k.digest and x.owner = k.owner)
                from unnest(k_command, k_kind, k_digest, k_owner, k_take) as k (command, kind, digest, owner, take)
                where not k.take and ends[k.command] is not null));
            insert into natural_key (kind, digest, owner)
            select k.kind, k.digest, k.owner
            from unnest(k_command, k_kind, k_digest, k_owner, k_take) as k (command, kind, digest, owner, take)
            where k.take and ends[k.command] is not null;
        end if;
        if s_command is not null then
            insert into data_key (subject_id, wrapped, created_position)
            select s.subject, s.wrapped, base
            from unnest(s_command, s_subject, s_wrapped) as s (command, subject, wrapped)
            where s.wrapped is not null and ends[s.command] is not null
            on conflict (subject_id) do nothing;
            if exists (
                select from unnest(s_command, s_subject, s_wrapped) as s (command, subject, wrapped)
                where s.wrapped is not null and ends[s.command] is not null
                    and (select d.wrapped from data_key d where d.subject_id = s.subject) is distinct from s.wrapped)
            then
                raise exception 'another data key came first: judge the same commands again'
                    using errcode = 'serialization_failure';
            end if;
            update data_key set wrapped = null, erased_at = instant
            where erased_at is null and subject_id = any (array(
                select s.subject from unnest(s_command, s_subject, s_erase) as s (command, subject, erase)
                where s.erase and ends[s.command] is not null));
        end if;
        perform pg_notify('log', last::text);
    end if;

    if bars is null then
        return query
        select 'recorded', ends[i], null::json, null::uuid, instant from generate_series(1, cardinality(c_id)) i;
    else
        return query
        select coalesce(bars[c.n::integer], 'recorded'),
            coalesce(ends[c.n::integer], o.position),
            case when bars[c.n::integer] = 'repeated' then o.answer end,
            holders[c.n::integer],
            case coalesce(bars[c.n::integer], 'recorded')
                when 'recorded' then instant
                when 'repeated' then (select x.recorded_at from event x where x.position = o.position) end
        from unnest(c_id) with ordinality as c (id, n)
        left join (select o.* from command o where o.id = any (c_id)) o
            on o.id = c.id and ends[c.n::integer] is null
        order by c.n;
    end if;
end $$;
