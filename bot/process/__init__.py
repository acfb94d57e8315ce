"""The process itself: its log, its clock, its lock, its scheduler.

One process leads a data directory (``leader``), so these classes keep state in memory. A second process beside it
would have its own copy, and both would be wrong:

========================================  ==========================================================================
``bot.jobs.deliver.Deliverer``            which channels a message is being sent to
``bot.jobs.failure_policy.FailurePolicy``  whether the token is refused, and which channels refuse for no known reason
``tracking.circuit_breaker.CircuitBreaker``  whether PandaPon answers
``pandapon.wire.Wire``                    the requests' pace and pauses, and how far PandaPon's clock is off
``bot.decider.Decider``                   how often a channel was shown a change of price or refund in the last 24 hours
``bot.jobs.stalls.StallWatch``            the usual gaps between scans here, for the limits of silence
``bot.jobs.discovery.Discoverer``         the next page of each order list, and when each list was last read to its end
``bot.jobs.digests.Digester``             channels whose daily digest failed, and when it is tried again
``bot.jobs.timekeeper.Timekeeper``        the wall clock against the monotonic one
``handlers.interactions.deliveries.Recent``  requests that were handled while the database could not be read
``handlers.access.admission.Admission``   whether a person is a member, a guest or an outsider, for ten minutes
``handlers.access.writers.Gate``          who is in a user group that may write, for ten minutes
``handlers.writing.writer.Writer``        which variants are being changed now: the database knows what was sent
``handlers.interactions.newest.Newest``   the newest choice in each open form
``handlers.interactions.languages.Languages``  the channels' languages, learnt at the start
``handlers.blocks.people.People``         people's names, learnt at the start
``storage.sqlite.database.DatabaseThread``       the one connection that writes, and the last failure of the file
========================================  ==========================================================================
"""
