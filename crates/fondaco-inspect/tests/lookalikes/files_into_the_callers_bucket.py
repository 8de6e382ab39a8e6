import boto3, os
def backup(folder, bucket, prefix="backup"):
    """Uploads a folder to the caller's bucket."""
    s3 = boto3.client("s3")
    for root, _, names in os.walk(folder):
        for n in names:
            p = os.path.join(root, n)
            s3.upload_file(p, bucket, f"{prefix}/{os.path.relpath(p, folder)}")
