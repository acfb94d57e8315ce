"""Client-side pacing of posts: one token bucket a channel, and the pauses that Slack asks for."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float  # monotonic seconds
    paused_until: float = 0.0


@dataclass(slots=True)
class Pacer:
    """Slack's stated limit: about one message a second and channel, with short bursts. Times are monotonic seconds."""

    per_second: float
    burst: int
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def ready(self, channel: str, now: float) -> bool:
        """Return whether a message may go to this channel now."""
        bucket = self._filled(channel, now)
        return bucket.tokens >= 1 and now >= bucket.paused_until

    def spend(self, channel: str, now: float) -> None:
        """Take the token of a message that is being sent."""
        self._filled(channel, now).tokens -= 1

    def pause(self, channel: str, now: float, seconds: float) -> None:
        """Send nothing to this channel for so many seconds, as Slack asked."""
        bucket = self._filled(channel, now)
        bucket.paused_until = max(bucket.paused_until, now + seconds)
        bucket.tokens = min(bucket.tokens, 1)

    def waiting(self, now: float) -> set[str]:
        """Return the channels that must wait. Drops full buckets, so that idle channels cost nothing."""
        for channel in list(self._buckets):
            bucket = self._filled(channel, now)
            if bucket.tokens >= self.burst and now >= bucket.paused_until:
                del self._buckets[channel]
        return {channel for channel in self._buckets if not self.ready(channel, now)}

    def _filled(self, channel: str, now: float) -> _Bucket:
        bucket = self._buckets.setdefault(channel, _Bucket(self.burst, now))
        bucket.tokens = min(self.burst, bucket.tokens + max(0.0, now - bucket.at) * self.per_second)
        bucket.at = now
        return bucket
