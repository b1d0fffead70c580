"""What a photo looks like, as 64 bits, with an index that finds the photos of the same picture. Photos of before have none."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely

# Four parts of 16 bits, each with its position: 0 to 65535, 65536 to 131071 …
BANDS = """
CREATE OR REPLACE FUNCTION picture_bands(hash bigint) RETURNS integer[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ARRAY[
        (hash & 65535)::integer,
        ((hash >> 16) & 65535)::integer + 65536,
        ((hash >> 32) & 65535)::integer + 131072,
        ((hash >> 48) & 65535)::integer + 196608
    ]
$$
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0091_typical_time_order")]

    operations = [
        migrations.AddField("photo", "picture_hash", models.BigIntegerField(null=True, blank=True)),
        migrations.RunSQL(BANDS, "DROP FUNCTION picture_bands(bigint)"),
        AddIndexSafely(
            "photo",
            django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    "picture_hash",
                    function="picture_bands",
                    output_field=django.contrib.postgres.fields.ArrayField(models.IntegerField()),
                ),
                name="photo_picture",
                condition=models.Q(picture_hash__isnull=False),
            ),
        ),
    ]
