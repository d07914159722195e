"""What the doctor asks about files."""

from botocore.exceptions import ClientError

from fleet.checkup import Finding, broken, ok, warning
from fleet.storage import StorageDown, bucket


def bucket_answers() -> Finding:
    store = bucket()
    try:
        next(store.everything("doctor/"), None)
    except StorageDown:
        return warning("the storage does not answer; nothing can be uploaded", "look at FLEET_S3_ENDPOINT")
    except ClientError as error:
        return broken(f"bucket {store.bucket_name}: {error.response['Error']['Code']}", "look at FLEET_S3_BUCKET")
    return ok(f"bucket {store.bucket_name}")


CHECKS = {"bucket": bucket_answers}
