-- What are the top 50 of each list this week?
-- change, move and rank_before compare with the snapshot before: compared_with.
-- 'latest' can be a day instead, such as '2026-11-22': then the last snapshot up to it.
WITH
listed AS (
    SELECT 'top played' AS list, snapshot_date, track_id, rank, track, artist, track_pop, album_nm, album_dt, duration_ms
    FROM spotifytopplayed_refined
    UNION ALL
    SELECT 'popular', snapshot_date, track_id, rank, track, artist, track_pop, album_nm, album_dt, duration_ms
    FROM spotifypopularsongs_refined
),
snapshots AS (
    SELECT
        list, snapshot_date,
        lag(snapshot_date) OVER (PARTITION BY list ORDER BY snapshot_date) AS compared_with
    FROM (SELECT DISTINCT list, snapshot_date FROM listed WHERE snapshot_date <= 'latest')
),
week AS (
    SELECT *
    FROM snapshots
    WHERE snapshot_date = (SELECT max(snapshot_date) FROM snapshots)
),
-- Several playlists or searches may list a song: its best place counts.
places AS (
    SELECT
        list, snapshot_date, track_id,
        min(rank) AS rank, max(track) AS track, max(artist) AS artist, max(track_pop) AS track_pop,
        max(album_nm) AS album_nm, max(album_dt) AS album_dt, max(duration_ms) AS duration_ms
    FROM listed
    WHERE snapshot_date IN (SELECT snapshot_date FROM week UNION SELECT compared_with FROM week)
    GROUP BY list, snapshot_date, track_id
),
debuts AS (
    SELECT list, track_id, min(snapshot_date) AS first_seen
    FROM listed
    GROUP BY list, track_id
),
positions AS (
    SELECT places.*, row_number() OVER (PARTITION BY places.list ORDER BY places.rank, places.track_id) AS position
    FROM places
    JOIN week ON week.list = places.list AND week.snapshot_date = places.snapshot_date
)
SELECT
    positions.list, positions.rank,
    CASE
        WHEN week.compared_with IS NULL THEN NULL
        WHEN debuts.first_seen = week.snapshot_date THEN 'new'
        WHEN was.rank IS NULL THEN 'back'
        WHEN was.rank > positions.rank THEN 'up'
        WHEN was.rank < positions.rank THEN 'down'
        ELSE 'same'
    END AS change,
    was.rank - positions.rank AS move,
    positions.track, positions.artist, positions.track_pop, was.rank AS rank_before,
    positions.album_nm, positions.album_dt, positions.duration_ms, positions.track_id,
    week.snapshot_date, week.compared_with
FROM positions
JOIN week ON week.list = positions.list
JOIN debuts ON debuts.list = positions.list AND debuts.track_id = positions.track_id
LEFT JOIN places AS was
    ON was.list = positions.list AND was.track_id = positions.track_id AND was.snapshot_date = week.compared_with
WHERE positions.position <= 50
ORDER BY positions.list DESC, positions.position
