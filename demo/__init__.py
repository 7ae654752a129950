"""Delivers webhooks, genuine and forged, to the receivers in ``examples/`` and shows what they answer."""
