"""The version this code says it is, in /health and in the OpenAPI document."""

VERSION = "0.1.0"
