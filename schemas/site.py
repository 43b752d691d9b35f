"""A site: the place whose clock, moments and code tables a posology is read with."""

from datetime import time

from schemas.base import Value
from schemas.moment import Compartment, Moment


class Site(Value):
    """What a pharmacist has signed for one site. There is no built-in hour: these are all.

    `zone` is an IANA name. `moments` gives the wall time of each moment that the site knows.
    `distributions` gives the moments of "n a day" with no time said. `meals` are those that
    "with meals" stands for. `compartments` says in which column of the organiser a moment
    goes; a moment without one is not put into the organiser.
    """

    name: str
    zone: str
    moments: dict[Moment, time]
    distributions: dict[int, tuple[Moment, ...]]
    meals: tuple[Moment, ...]
    compartments: dict[Moment, Compartment]
