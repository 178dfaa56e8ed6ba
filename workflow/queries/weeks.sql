-- How many weeks was a song on a list, and how many in a row?
-- A week without a snapshot is unknown: it neither counts nor ends a streak. peak is the best rank up to this week.
-- A song is called what it was called when it was last on the list.
-- beginning.sql
-- Where a song is listed and was not in the snapshot before, and when it was last listed until then.
, entries AS (
    SELECT
        charts.list, charts.track_id, now.n, now.week,
        (
            SELECT max(own.snapshot_date)
            FROM charts AS own
            WHERE own.list = charts.list AND own.track_id = charts.track_id AND own.snapshot_date < charts.snapshot_date
        ) AS listed_before
    FROM charts
    CROSS JOIN snapshots AS now
    LEFT JOIN charts AS before
        ON before.list = charts.list AND before.track_id = charts.track_id AND before.snapshot_date = now.previous
    WHERE now.list = charts.list AND now.snapshot_date = charts.snapshot_date AND before.track_id IS NULL
),
streaks AS (
    SELECT
        entries.list, track_id, entries.week, entries.n AS begins,
        lead(was.n) OVER (PARTITION BY entries.list, track_id ORDER BY entries.n) AS ends
    FROM entries
    LEFT JOIN snapshots AS was ON was.list = entries.list AND was.snapshot_date = listed_before
    WHERE was.n IS NULL OR entries.n - was.n > 1
),
totals AS (
    SELECT
        list, track_id, min(week) AS first_week, min(begins) AS first_n, max(begins) AS last_begins,
        coalesce(sum(ends - begins + 1), 0) AS weeks_before, coalesce(max(ends - begins + 1), 0) AS longest_before
    FROM streaks
    GROUP BY list, track_id
),
stays AS (
    SELECT list, track_id, min(rank) AS peak, min(snapshot_date) AS first_seen, max(snapshot_date) AS last_seen
    FROM listed
    GROUP BY list, track_id
)
SELECT
    stays.list, weeks_before + n - last_begins + 1 AS weeks,
    CASE WHEN longest_before > n - last_begins THEN longest_before ELSE n - last_begins + 1 END AS longest_streak,
    CASE WHEN ago = 1 THEN n - last_begins + 1 ELSE 0 END AS current_streak,
    week - first_week - (n - first_n) AS weeks_unknown, peak, track, artist, first_seen, last_seen, stays.track_id
FROM stays
JOIN totals ON totals.list = stays.list AND totals.track_id = stays.track_id
JOIN snapshots ON snapshots.list = stays.list AND snapshots.snapshot_date = last_seen
JOIN charts ON charts.list = stays.list AND charts.track_id = stays.track_id AND charts.snapshot_date = last_seen
ORDER BY weeks DESC, stays.list DESC, peak, stays.track_id
