"""Triggers: functions of the operator's own that a pool calls, over HTTP, by the Lambda invoke protocol."""
