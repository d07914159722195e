"""How large a company is planted."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Counts of cars, customers and contracts."""

    cars: int
    customers: int
    contracts: int

    @property
    def per_car(self) -> float:
        return self.contracts / self.cars

    @property
    def is_large(self) -> bool:
        """Whether it pays to build indexes after the load instead of row by row."""
        return self.contracts >= _LARGE

    @classmethod
    def parse(cls, text: str) -> "Scale":
        """Return the scale of `CARSxCUSTOMERSxCONTRACTS`. Raises ValueError saying what is wrong."""
        if not re.fullmatch(r"\d{1,7}x\d{1,7}x\d{1,8}", text):
            raise ValueError("write it as CARSxCUSTOMERSxCONTRACTS, e.g. 500x20000x1000000")
        scale = cls(*map(int, text.split("x")))
        if scale.cars < 1 or scale.customers < _FEWEST_CUSTOMERS:
            raise ValueError(f"at least 1 car and {_FEWEST_CUSTOMERS} customers are needed")
        if scale.per_car > _MOST_PER_CAR:
            raise ValueError(f"a car takes at most {_MOST_PER_CAR} contracts: one every other day since 2004")
        return scale


_FEWEST_CUSTOMERS = 20
_MOST_PER_CAR = 4000
_LARGE = 20_000

DEMO = Scale(cars=60, customers=200, contracts=500)
