"""Objects by key: a folder, or a bucket over the S3 API."""
