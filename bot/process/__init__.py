"""The process itself: its log, its clock, its lock, its scheduler.

On SQLite one process leads a data directory (``leader``). On PostgreSQL any number of processes share the work, each
with its roles (:mod:`bot.roles`). State that must be the same for all processes is a row:

- the leases of orders and posts, with the worker's name, and the turns of writers;
- the pace and the pauses of channels and of the workspace (``lanes``), and the pace of the account (``paces``);
- whether PandaPon answers, who probes it next, and until when it asked for a pause (``outages``); workspaces with the
  same keys share one row of each of the two, in the shared tables (:mod:`bot.clients.account`);
- how often a day a channel was shown that an order's price or refund changed (``orders``);
- the usual gaps between scans and the times of ended journeys, which one process learns for all (``learned``);
- the jobs (``jobs``, see :mod:`bot.process.shared_jobs`), and when each order list was last read to its end;
- which processes are at work (``workers``, see :mod:`bot.process.presence`);
- what Slack refuses each process, for the status (:mod:`bot.jobs.refusal_exchange`).

These classes keep state in memory, so each process has its own. None of them can tell or do something twice without
the others' knowing it:

========================================  ==========================================================================
``bot.jobs.deliver.Deliverer``            which channels this process is sending a message to
``bot.jobs.failure_policy.FailurePolicy``  whether the token is refused, and which channels refuse for no known reason;
                                          other processes learn of it within a minute
``bot.jobs.recovery.Recovery``            how far the searches have come that Slack interrupted: another process that
                                          takes such a post begins its search anew, and nothing is sent before one ends
``bot.jobs.delivery_errors.DeliveryErrors``  how often the delivery of a post broke: several processes try such a post
                                          more often before it is given up
``bot.workspaces.registry.Registry``      the bots of all workspaces; each process follows the shared tables by itself
``bot.workspaces.tokens.Tokens``          its renewals under way, each with a claim on its row, and the tokens that
                                          Slack does not renew, for the log and ``/metrics``
``bot.clients.breaker.AccountBreaker``    the failures in a row before an outage, and the row as it was a second ago
``bot.orders.refunds.RefundReader``       which operations PandaPon refuses: each process finds out for itself, and asks
                                          again now and then. That an answer is missing stands in the order's row
``pandapon.wire.Wire``                    how far PandaPon's clock is off; the requests' pace on SQLite
``pandapon.limiter.RequestLimiter``       the requests in flight, which are limited for each process by itself
``pandapon.shared_pace.SharedLimiter``    requests that this process has reserved, for half a second at most
``bot.jobs.usual_times.UsualTimes``       the usual times as one process learnt them for all, up to a minute old; on
                                          SQLite they are learnt at each start
``bot.jobs.discovery.Discoverer``         the next page of each order list: another process begins at the first, and an
                                          order joins once; on SQLite, when each list was last read to its end
``bot.jobs.digests.Digester``             channels whose daily digest failed: another process may try it sooner, and the
                                          digest's day is marked once it is made
``bot.jobs.timekeeper.Timekeeper``        the wall clock against the monotonic one; on SQLite it moves stored times
``bot.process.shared_jobs.SharedJobs``    nothing but the process's name: the fence of a lease belongs to the job's run
``bot.process.figures.Figures``           the counters of ``/metrics``, which are added up over the processes
``handlers.interactions.deliveries.RecentDeliveries``  requests that were handled while the database could not be read
``handlers.access.admission.Admission``   whether a person is a member, a guest or an outsider, for ten minutes
``handlers.access.user_groups.UserGroups``  who is in a user group that may write or approve, for ten minutes
``handlers.writing.in_flight.InFlightWrites``  which writes this process is sending, and since when, by the monotonic
                                          clock; another process judges their age by the wall clock
``handlers.writing.turns.Turns``          the locks between acts of this process; between processes each turn is a row
``handlers.interactions.newest.Newest``   the newest choice in each open form. Where two processes get two choices at
                                          the same moment, the form may show the older one's until the next choice;
                                          what is submitted is checked anew
``handlers.interactions.languages.Languages``  the channels' languages, learnt anew twice a minute
``handlers.blocks.people.People``         people's names, learnt anew twice a minute
``handlers.blocks.links.Links``           the workspace's address, which each process asks Slack for at its start
``storage.sqlite.database.DatabaseThread``       the one connection that writes, and the last failure of the file
========================================  ==========================================================================
"""
