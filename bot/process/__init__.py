"""The process itself: its log, its clock, its lock, its scheduler.

One process leads a data directory (``leader``), so it may keep this in its memory. Each line would be wrong with a
second process beside it, and names who owns it:

========================================  ==========================================================================
``bot.jobs.deliver.Deliverer``            which channels a message is on its way to
``bot.jobs.pacing.Pacer``                 how much may be posted to a channel now, and what Slack asked to wait for
``bot.jobs.failure_policy.FailurePolicy``  whether the token is refused, and what Slack refuses for unknown reasons
``tracking.circuit_breaker.CircuitBreaker``  whether PandaPon answers
``pandapon.wire.Wire``                    the requests' pace and pauses, and how far PandaPon's clock is off
``bot.decider.Decider``                   how often a change of money was shown today
``bot.jobs.stalls.StallWatch``            what is usual here, for the limits of silence
``bot.jobs.discovery.Discoverer``         which pages of the order lists were seen, and when each was seen whole
``bot.jobs.digests.Digester``             channels whose daily digest is put off
``bot.jobs.timekeeper.Timekeeper``        the wall clock against the monotonic one
``handlers.interactions.deliveries.Recent``  requests that were handled while the database could not be asked
``handlers.access.admission.Admission``   who people are, for ten minutes
``handlers.interactions.languages.Languages``  the channels' languages, learnt at the start
``handlers.blocks.people.People``         what people are called, learnt at the start
``storage.database.DatabaseThread``       the one connection that writes, and what is wrong with the file
========================================  ==========================================================================
"""
