"""What appears in channels by itself: cards, news, alarms, digests, lines about changes."""
