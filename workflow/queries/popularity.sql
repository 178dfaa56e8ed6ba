-- How did a song's popularity and rank go over time?
-- 'strongest' can be a track_id; otherwise it is the ten songs that lead each list this week. An empty rank: not on the
-- list in that snapshot. weeks_missing: whole weeks without a snapshot before it, of which nothing is known.
-- beginning.sql
, followed AS (
    SELECT list, track_id, place
    FROM (
        SELECT list, track_id, row_number() OVER (PARTITION BY list ORDER BY rank, track_id) AS place
        FROM songs
        WHERE rank IS NOT NULL
    )
    WHERE place <= 10 AND length('strongest') < 22
    UNION ALL
    SELECT snapshots.list, track_id, 1
    FROM snapshots
    CROSS JOIN charts
    WHERE charts.list = snapshots.list AND charts.snapshot_date = snapshots.snapshot_date AND track_id = 'strongest'
    GROUP BY snapshots.list, track_id
)
SELECT
    followed.list, place, first_value(track) OVER newest AS track, first_value(artist) OVER newest AS artist,
    snapshots.snapshot_date, weeks_missing, rank, track_pop, followed.track_id
FROM followed
JOIN snapshots ON snapshots.list = followed.list
LEFT JOIN charts
    ON charts.list = followed.list AND charts.track_id = followed.track_id AND charts.snapshot_date = snapshots.snapshot_date
WINDOW newest AS (
    PARTITION BY followed.list, followed.track_id
    ORDER BY CASE WHEN rank IS NULL THEN 1 ELSE 0 END, snapshots.snapshot_date DESC
)
ORDER BY followed.list DESC, place, snapshots.snapshot_date
