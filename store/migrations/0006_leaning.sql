-- A command may lean on other streams than its own: a programme, a membership, a list. Who decided on them names the
-- versions; if one has moved on, the command is `moved` and nothing of it is written.
--
-- Natural keys and data keys are judged and written by statements of their own, which a command without them does
-- not pay for. The lock is held from first to last, so every part sees the same log. Data keys alone may come
-- without it, with a document (0003); one that comes between judging and writing makes the whole call fail.
drop function log.append(
    uuid[], bytea[], json[], integer[], uuid[], integer[], text[], bytea[], integer[], text[], bytea[], uuid[],
    boolean[], integer[], uuid[], bytea[], boolean[], timestamptz);

-- The one way into the log. Judges every command of a batch, writes those that stand, and answers one
-- row per command, in order: a refused command never fails its neighbours.
--
-- Commands are numbered from 1; the other arrays name their command by that number. Within a batch each
-- stream, natural key, command id and changed data key belongs to one command only: the writer sees to it.
create function log.append(
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
    base     bigint;
    last     bigint;
    instant  timestamptz;
    held_by  uuid[];     -- by command: who holds a natural key that it wants
    keyless  boolean[];  -- by command: true where somebody was erased, false where another key came first
    recorded integer[];  -- the commands that stand
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

    if k_command is not null then
        select array_agg(k.holder order by n) into held_by
        from generate_series(1, cardinality(c_id)) n
        left join (
            select t.command, (array_agg(t.held_by) filter (where t.held_by is not null))[1] as holder
            from (
                select k.command, (select x.owner from natural_key x where x.kind = k.kind and x.digest = k.digest)
                    as held_by
                from unnest(k_command, k_kind, k_digest, k_take) as k (command, kind, digest, take)
                where k.take) t
            group by 1) k on k.command = n;
    end if;
    if s_command is not null then   -- no key to seal with any more; or a new key where somebody else's came first
        select array_agg(s.erased order by n) into keyless
        from generate_series(1, cardinality(c_id)) n
        left join (
            select t.command, bool_or(t.wrapped is null or (t.key).erased_at is not null) as erased
            from (
                select s.*, (select d from data_key d where d.subject_id = s.subject) as key
                from unnest(s_command, s_subject, s_wrapped, s_erase) as s (command, subject, wrapped, erase)
                where not s.erase) t
            where case
                when t.wrapped is null then (t.key).wrapped is null
                else (t.key).subject_id is not null and (t.key).wrapped is distinct from t.wrapped end
            group by 1) s on s.command = n;
    end if;

    return query
    with c as materialized (
        select t.n::integer as n, t.id, t.request, t.answer, (select o from command o where o.id = t.id) as old
        from unnest(c_id, c_request, c_answer) with ordinality as t (id, request, answer, n)),
    e as materialized (
        select t.*, min(t.version) over (partition by t.command, t.stream) as first
        from unnest(e_command, e_stream, e_version, e_topic, e_state) with ordinality
             as t (command, stream, version, topic, state, n)),
    stale as (   -- a version that is there already, or one that would leave a gap
        select distinct p.command from (
            select e.command, e.version,
                (select true from event x where x.stream = e.stream and x.version = e.version) as there,
                (select true from event x where x.stream = e.stream and x.version = e.version - 1) as before
            from e where e.version = e.first) p
        where p.there or (p.version > 1 and p.before is null)),
    moved as (   -- versions have no gaps, so the next one tells
        select distinct l.command from unnest(l_command, l_stream, l_version) as l (command, stream, version)
        where (select true from event x where x.stream = l.stream and x.version = l.version + 1)),
    verdict as materialized (
        select c.n, c.id, c.request, c.answer, c.old, held_by[c.n] as holder, case
            when (c.old).request = c.request then 'repeated'
            when (c.old).id is not null then 'reused'
            when held_by[c.n] is not null then 'taken'
            when stale.command is not null or not keyless[c.n] then 'stale'
            when keyless[c.n] then 'erased'
            when moved.command is not null then 'moved'
            else 'recorded' end as outcome
        from c
        left join stale on stale.command = c.n
        left join moved on moved.command = c.n),
    numbered as materialized (
        select e.*, base + row_number() over (order by e.n) as position
        from e join verdict v on v.n = e.command and v.outcome = 'recorded'),
    done as materialized (
        select n.command, max(n.position) as position from numbered n group by 1),
    w1 as (
        insert into event (position, recorded_at, stream, version, topic, state)
        select n.position, instant, n.stream, n.version, n.topic, n.state from numbered n order by n.position),
    w2 as (
        insert into command (id, request, position, answer)
        select v.id, v.request, d.position, v.answer from verdict v join done d on d.command = v.n)
    select v.outcome, coalesce(d.position, (v.old).position),
        case v.outcome when 'repeated' then (v.old).answer end,
        v.holder,
        case v.outcome
            when 'recorded' then instant
            when 'repeated' then (select x.recorded_at from event x where x.position = (v.old).position) end
    from verdict v left join done d on d.command = v.n
    order by v.n;

    if k_command is not null or s_command is not null then
        select array_agg(t.n) into recorded
        from unnest(c_id) with ordinality as t (id, n)
        where (select o.position > base from command o where o.id = t.id);
    end if;
    if k_command is not null then
        delete from natural_key where ctid = any (array(
            select (select x.ctid from natural_key x
                    where x.kind = k.kind and x.digest = k.digest and x.owner = k.owner)
            from unnest(k_command, k_kind, k_digest, k_owner, k_take) as k (command, kind, digest, owner, take)
            where not k.take and k.command = any (recorded)));
        insert into natural_key (kind, digest, owner)
        select k.kind, k.digest, k.owner
        from unnest(k_command, k_kind, k_digest, k_owner, k_take) as k (command, kind, digest, owner, take)
        where k.take and k.command = any (recorded);
    end if;
    if s_command is not null then
        insert into data_key (subject_id, wrapped, created_position)
        select s.subject, s.wrapped, base
        from unnest(s_command, s_subject, s_wrapped) as s (command, subject, wrapped)
        where s.wrapped is not null and s.command = any (recorded)
        on conflict (subject_id) do nothing;
        if exists (
            select from unnest(s_command, s_subject, s_wrapped) as s (command, subject, wrapped)
            where s.wrapped is not null and s.command = any (recorded)
                and (select d.wrapped from data_key d where d.subject_id = s.subject) is distinct from s.wrapped)
        then
            raise exception 'another data key came first: judge the same commands again'
                using errcode = 'serialization_failure';
        end if;
        update data_key set wrapped = null, erased_at = instant
        where erased_at is null and subject_id = any (array(
            select s.subject from unnest(s_command, s_subject, s_erase) as s (command, subject, erase)
            where s.erase and s.command = any (recorded)));
    end if;

    select e.position into last from event e order by e.position desc limit 1;
    if last > base then
        perform pg_notify('log', last::text);
    end if;
end $$;

revoke all on function log.append from public;
grant execute on function log.append to jaminan_app;
