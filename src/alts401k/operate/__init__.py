"""Driver of real life: price a session in the evening, deal it the next morning, in exact books."""
