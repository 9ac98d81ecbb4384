"""Phase 8, the service: from a demand that surfaces to its end, in continuous time within each day.

``desk``     what one day's service reads and writes, gathered for the kernels;
``events``   the agenda: what falls due today, in order of time;
``queues``   first come first served, by pool and class;
``routing``  intake, triage, routing, councils, the choice of a pool;
``work``     who takes which case, what a worker gets done, how work ends;
``closing``  lapses, timeliness, experiences, and the end of the day;
``loop``     one day, event by event; the order of events is documented there;
``table``    dropping closed rows from the table of demands.

:mod:`sim.model.phases.service` runs them for a world.
"""

from sim.model.service.table import compact

__all__ = ["compact"]
