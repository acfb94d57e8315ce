"""What a channel chooses for itself: mutes, settings, digest; and its delivery log."""
