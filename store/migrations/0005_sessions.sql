-- Sessions of the console that somebody ended before their time: a copy of the cookie is worth nothing from then on.
-- A row may go once the session would have ended by itself.

create table work.ended_session (
    id      text        primary key,  -- drawn at random when the session began
    ends_at timestamptz not null      -- when it would have ended by itself
);
create index ended_session_by_end on work.ended_session (ends_at);

grant select, insert, delete on work.ended_session to jaminan_app;
