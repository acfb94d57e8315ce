"""A channel's own choices: mutes, settings, daily digest; and its delivery log."""
