-- What are the top 50 of each list this week?
-- change, move and rank_before compare with the snapshot before: compared_with. peak is the best rank up to this week, weeks
-- counts the weeks on the list up to it.
-- beginning.sql
, shown AS (
    SELECT *
    FROM (
        SELECT *, row_number() OVER (PARTITION BY list ORDER BY rank, track_id) AS position
        FROM songs
        WHERE rank IS NOT NULL
    )
    WHERE position <= 50
),
history AS (
    SELECT
        shown.list, shown.track_id, min(charts.rank) AS peak, count(DISTINCT week) AS weeks,
        min(charts.snapshot_date) AS first_seen
    FROM shown
    JOIN charts ON charts.list = shown.list AND charts.track_id = shown.track_id
    JOIN snapshots ON snapshots.list = charts.list AND snapshots.snapshot_date = charts.snapshot_date
    GROUP BY shown.list, shown.track_id
)
SELECT
    shown.list, shown.rank,
    CASE
        WHEN compared_with IS NULL THEN NULL
        WHEN first_seen = shown.snapshot_date THEN 'new'
        WHEN rank_before IS NULL THEN 'back'
        WHEN rank_before > shown.rank THEN 'up'
        WHEN rank_before < shown.rank THEN 'down'
        ELSE 'same'
    END AS change,
    rank_before - shown.rank AS move, track, artist, track_pop, rank_before, peak, weeks, album_nm, album_dt, duration_ms,
    shown.track_id, shown.snapshot_date, compared_with
FROM shown
JOIN charts ON charts.list = shown.list AND charts.snapshot_date = shown.snapshot_date AND charts.track_id = shown.track_id
JOIN history ON history.list = shown.list AND history.track_id = shown.track_id
ORDER BY shown.list DESC, position
