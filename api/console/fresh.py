"""Whether the lists already show what their reader has just done."""

from fastapi import Request

from api.bootstrap import House
from api.console.session import last_act
from domain.refusal import Busy


async def is_fresh(request: Request, *models: str) -> bool:
    """Wait a moment for read models to show the reader's own act; tell whether they do."""
    try:
        await caught_up(request, *models)
    except Busy:
        return False
    return True


async def caught_up(request: Request, *models: str) -> None:
    """Wait a moment for read models to show the reader's own act; then raise `Busy`: a file cannot say that it lags."""
    house: House = request.app.state.house
    for model in models:
        await house.views.positions.wait_for(model, last_act(request))
