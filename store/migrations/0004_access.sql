-- Who looked at personal values in the clear: when, in which role, of which case and people, which fields and
-- why. Never the values. It stands beside the log, since looking changes no case.

create table log.access (
    number    bigint      primary key,      -- dense, so that a row that is missing shows
    id        uuid        not null unique,  -- made by who writes: the same one again is a repeat
    seen_at   timestamptz not null,         -- of this server's clock, in a demonstration too; never falls
    actor     text        not null,
    issuer    text        not null,         -- of the token: two issuers may name two people alike
    roles     text[]      not null,
    kind      text        not null,         -- claim, enrollment or person
    case_id   uuid        not null,
    area_code text        not null,
    subjects  uuid[]      not null,         -- the person the case is about first, then all others whose values were shown
    fields    text[]      not null,
    reason    bytea       not null,         -- sealed under the key of the first subject
    check (cardinality(subjects) > 0 and cardinality(fields) > 0)
);
create index access_by_case on log.access (case_id, number);
create index access_by_actor on log.access (actor, number);
create index access_by_subject on log.access using gin (subjects);

create trigger append_only before update or delete or truncate on log.access
    for each statement execute function log.refuse_change();
alter table log.access enable always trigger append_only;

-- Writes one row and answers its number and instant; one that is there already is answered as it is.
create function log.note_access(
    note uuid, who text, whose_token text, in_roles text[], of_kind text, of_case uuid, of_area text,
    of_subjects uuid[], of_fields text[], because bytea
) returns table (number bigint, seen_at timestamptz) language plpgsql security definer
set search_path = log, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtext('jaminan.access'));
    return query select a.number, a.seen_at from access a where a.id = note;
    if found then
        return;
    end if;
    return query
        insert into access as a (number, id, seen_at, actor, issuer, roles, kind, case_id, area_code, subjects, fields,
            reason)
        select coalesce(max(l.number), 0) + 1, note, greatest(clock_timestamp(), max(l.seen_at)), who, whose_token,
            in_roles, of_kind, of_case, of_area, of_subjects, of_fields, because
        from (select b.number, b.seen_at from access b order by b.number desc limit 1) l
        returning a.number, a.seen_at;
end $$;

grant select on log.access to jaminan_app;
revoke all on function log.note_access from public;
grant execute on function log.note_access to jaminan_app;
