-- Which songs are new, which came back, which dropped out?
-- Against the snapshot before; days_between says how long before. Weeks without a snapshot drop nobody.
-- 'latest' can be a day instead, such as '2026-11-22': then the last snapshot up to it.
WITH
listed AS (
    SELECT 'top played' AS list, snapshot_date, track_id, rank, track, artist, track_pop
    FROM spotifytopplayed_refined
    UNION ALL
    SELECT 'popular', snapshot_date, track_id, rank, track, artist, track_pop
    FROM spotifypopularsongs_refined
),
-- Julian day numbers (the formula holds from 1901 to 2099): a day that seven divides is a Monday.
days AS (
    SELECT
        list, snapshot_date,
        367 * y - 7 * (y + (m + 9) / 12) / 4 + 275 * m / 9 + d + 1721014 AS day
    FROM (
        SELECT
            list, snapshot_date,
            CAST(substr(snapshot_date, 1, 4) AS integer) AS y,
            CAST(substr(snapshot_date, 6, 2) AS integer) AS m,
            CAST(substr(snapshot_date, 9, 2) AS integer) AS d
        FROM (SELECT DISTINCT list, snapshot_date FROM listed WHERE snapshot_date <= 'latest')
    )
),
snapshots AS (
    SELECT
        list, snapshot_date,
        lag(snapshot_date) OVER (PARTITION BY list ORDER BY snapshot_date) AS compared_with,
        day - lag(day) OVER (PARTITION BY list ORDER BY snapshot_date) AS days_between
    FROM days
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
        min(rank) AS rank, max(track) AS track, max(artist) AS artist, max(track_pop) AS track_pop
    FROM listed
    WHERE snapshot_date IN (SELECT snapshot_date FROM week UNION SELECT compared_with FROM week)
    GROUP BY list, snapshot_date, track_id
),
debuts AS (
    SELECT list, track_id, min(snapshot_date) AS first_seen
    FROM listed
    GROUP BY list, track_id
),
changes AS (
    SELECT
        week.*, CASE WHEN debuts.first_seen = week.snapshot_date THEN 'new' ELSE 'back' END AS change,
        now.rank, CAST(NULL AS integer) AS rank_before, now.track, now.artist, now.track_pop, now.track_id
    FROM week
    JOIN places AS now ON now.list = week.list AND now.snapshot_date = week.snapshot_date
    JOIN debuts ON debuts.list = now.list AND debuts.track_id = now.track_id
    LEFT JOIN places AS was
        ON was.list = week.list AND was.snapshot_date = week.compared_with AND was.track_id = now.track_id
    WHERE week.compared_with IS NOT NULL AND was.track_id IS NULL
    UNION ALL
    SELECT
        week.*, 'gone', NULL, was.rank, was.track, was.artist, was.track_pop, was.track_id
    FROM week
    JOIN places AS was ON was.list = week.list AND was.snapshot_date = week.compared_with
    LEFT JOIN places AS now
        ON now.list = week.list AND now.snapshot_date = week.snapshot_date AND now.track_id = was.track_id
    WHERE now.track_id IS NULL
)
SELECT
    list, change, rank, rank_before, track, artist, track_pop, track_id, snapshot_date, compared_with, days_between
FROM changes
ORDER BY list DESC, CASE change WHEN 'gone' THEN 1 ELSE 0 END, coalesce(rank, rank_before), track_id
