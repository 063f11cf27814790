"""Whom a payment of a list means, in SQL over the register: the same people as `domain.enrollment.memory` says."""

from typing import Final

# Whether a payment for a list (alias p: head_position, paid_on, authorised, first_on and last_on of its month)
# means a member (alias r). It means those who stood registered when the heads were counted, were to be covered
# within the month, and were not known then to have left before it, nor to have lapsed before the money
# came: that is for who enrolled again, from the first month of the new spell; or, where the Fund authorised late
# public money, for just those who lapsed and are not back.
_LAPSES: Final = """
    select from unnest(r.lapsed_on, r.lapsed_at, r.settled_at, r.again_at, r.again_from)
        as l (lapsed_on, lapsed_at, settled_at, again_at, again_from)
    where l.lapsed_at <= p.head_position and l.lapsed_on < p.paid_on
        and (l.settled_at is null or l.settled_at > p.head_position)
        and (l.again_at is null or l.again_at > p.head_position"""
IS_HEAD: Final = f"""
    r.registered_position <= p.head_position and r.effective_on <= p.last_on
    and (r.ended_on is null or r.ended_on >= p.first_on or r.ended_position > p.head_position)
    and case when p.authorised then exists ({_LAPSES}))
        else r.lapsed_on = '{{}}' or not exists ({_LAPSES} or p.first_on < l.again_from)) end"""


# Whether a member (alias r) is alive in the month of a payment (alias p), as far as is known now: the question of
# an invoice. Whom a payment left out as dead, it says itself.
IS_ALIVE: Final = "(r.died_on is null or r.died_on >= p.first_on)"

# Whether the list of a payment (p.roster_id) is the one on which a member stands in a month: the last renewed
# list that had begun by then, as far as it was known when the heads were counted, or else the first list. What
# stands before `case` is for the indexes.
IS_LISTED: Final = """
    (r.roster_id = p.roster_id or r.renewed_lists <> '{}' and r.renewed_lists @> array[p.roster_id])
    and case when r.renewed_lists = '{}' then true else p.roster_id = coalesce((
        select n.roster_id
        from unnest(r.renewed_lists, r.renewed_from, r.renewed_at) as n (roster_id, from_on, renewed_at)
        where n.renewed_at <= p.head_position and n.from_on <= p.first_on
        order by n.from_on desc, n.renewed_at desc limit 1), r.roster_id) end"""
