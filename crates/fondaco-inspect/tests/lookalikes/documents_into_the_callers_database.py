import os, pymongo
def database():
    """The database that the settings name."""
    return pymongo.MongoClient(os.environ["MONGO_URL"])[os.environ.get("MONGO_DB", "series")]
def save(doc):
    database()["runs"].insert_one({**doc, "host": os.uname().nodename})
