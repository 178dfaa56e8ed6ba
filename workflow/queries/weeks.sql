-- How many weeks was a song on a list, and how many in a row?
-- A week without a snapshot is unknown: it neither counts nor ends a streak. peak is the best rank up to this week.
-- A song is called what it was called when it was last on the list.
-- beginning.sql
-- What is known of a song before each of its weeks is looked at. One without gaps has one streak, and no more is needed.
, history AS (
    SELECT
        songs.list, track_id, peak, first_seen, last_seen, times < last.number - first.number + 1 AS has_gaps,
        first.n AS first_n, last.n AS last_n, last.week - first.week - (last.n - first.n) AS weeks_unknown, last.ago
    FROM (
        SELECT
            list, track_id, min(rank) AS peak, min(snapshot_date) AS first_seen, max(snapshot_date) AS last_seen, count(*) AS times
        FROM charts_to_date
        GROUP BY list, track_id
    ) AS songs
    CROSS JOIN snapshots AS first
    CROSS JOIN snapshots AS last
    WHERE first.list = songs.list AND first.snapshot_date = first_seen AND last.list = songs.list AND last.snapshot_date = last_seen
),
-- Where a song with gaps was not in the snapshot before, and when it was last listed until then. One row of any other.
entries AS (
    SELECT
        history.*, coalesce(now.n, first_n) AS n,
        (
            SELECT max(earlier.snapshot_date)
            FROM charts AS earlier
            WHERE earlier.list = charts.list AND earlier.track_id = charts.track_id AND earlier.snapshot_date < charts.snapshot_date
        ) AS listed_before
    FROM history
    LEFT JOIN charts
        ON has_gaps AND charts.list = history.list AND charts.track_id = history.track_id AND charts.snapshot_date <= last_seen
    LEFT JOIN snapshots AS now ON now.list = charts.list AND now.snapshot_date = charts.snapshot_date
    LEFT JOIN charts AS before
        ON before.list = charts.list AND before.track_id = charts.track_id AND before.snapshot_date = now.previous
    WHERE before.track_id IS NULL
),
streaks AS (
    SELECT
        entries.list, track_id, peak, first_seen, last_seen, weeks_unknown, entries.ago, last_n, entries.n AS begins,
        coalesce(lead(before.n) OVER (PARTITION BY entries.list, track_id ORDER BY entries.n), last_n) AS ends
    FROM entries
    LEFT JOIN snapshots AS before ON before.list = entries.list AND before.snapshot_date = listed_before
    WHERE before.n IS NULL OR entries.n - before.n > 1
),
totals AS (
    SELECT
        list, track_id, peak, first_seen, last_seen, weeks_unknown, sum(ends - begins + 1) AS weeks,
        max(ends - begins + 1) AS longest_streak, CASE WHEN ago = 1 THEN last_n - max(begins) + 1 ELSE 0 END AS current_streak
    FROM streaks
    GROUP BY list, track_id, peak, first_seen, last_seen, weeks_unknown, ago, last_n
)
SELECT
    totals.list, weeks, longest_streak, current_streak, weeks_unknown, peak, track, artist, first_seen, last_seen, totals.track_id
FROM totals
JOIN charts ON charts.list = totals.list AND charts.track_id = totals.track_id AND charts.snapshot_date = last_seen
ORDER BY weeks DESC, totals.list DESC, peak, totals.track_id
