-- The last position recorded by an instant, 0 if none. Positions are dense and instants never fall, so
-- a binary search finds it in some 25 index probes, and no index on recorded_at burdens every append.
create function log.position_at(instant timestamptz) returns bigint language plpgsql stable
set search_path = log, pg_temp as $$
declare
    low    bigint := 0;
    high   bigint;
    middle bigint;
begin
    select coalesce(max(e.position), 0) into high from event e;
    while low < high loop
        middle := (low + high + 1) / 2;
        if (select e.recorded_at from event e where e.position = middle) <= instant then
            low := middle;
        else
            high := middle - 1;
        end if;
    end loop;
    return low;
end $$;

-- Keeps a sealed document before the event that refers to it; the same one again is no harm. Answers
-- "stored", "erased" (the person's key is gone) or "stale" (a new key, but another one came first).
create function log.put_document(digest bytea, subject uuid, content bytea, new_key bytea) returns text
language plpgsql security definer
set search_path = log, pg_temp as $$
declare
    key data_key;
begin
    if new_key is not null then
        -- Without the append lock, which a big document would hold for long. An append that makes the same
        -- key at this moment waits here, fails as a whole and is judged again, command by command.
        insert into data_key (subject_id, wrapped) values (subject, new_key) on conflict do nothing;
    end if;
    select * into key from data_key d where d.subject_id = subject for share;
    if key.wrapped is null then
        return 'erased';
    elsif key.wrapped <> new_key then
        return 'stale';
    end if;
    insert into document (sha256, subject_id, sealed) values (digest, subject, content) on conflict do nothing;
    return 'stored';
end $$;

revoke all on function log.position_at, log.put_document from public;
grant execute on function log.position_at, log.put_document to jaminan_app;
