"""The imitated Graph API, under ``/vNN.0/``."""
