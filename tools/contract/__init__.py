"""Generates the API contract and its coverage page from botocore's service model of Cognito user pools."""
