-- How did a song's popularity and rank go over time?
-- 'strongest' can be a track_id; otherwise it is the ten songs that lead each list this week. An empty rank: not on the
-- list in that snapshot. weeks_missing: whole weeks without a snapshot before it, of which nothing is known.
-- 'latest' can be a day instead, such as '2026-11-22': then the last snapshot up to it.
WITH
dates AS (
    SELECT DISTINCT 'top played' AS list, snapshot_date
    FROM spotifytopplayed_refined
    WHERE snapshot_date <= 'latest'
    UNION ALL
    SELECT DISTINCT 'popular', snapshot_date
    FROM spotifypopularsongs_refined
    WHERE snapshot_date <= 'latest'
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
        FROM dates
    )
),
snapshots AS (
    SELECT
        list, snapshot_date,
        CASE
            WHEN day / 7 - lag(day / 7) OVER (PARTITION BY list ORDER BY day) > 1
                THEN day / 7 - lag(day / 7) OVER (PARTITION BY list ORDER BY day) - 1
            ELSE 0
        END AS weeks_missing
    FROM days
),
asked AS (
    SELECT DISTINCT 'top played' AS list, track_id, 1 AS place
    FROM spotifytopplayed_refined
    WHERE track_id = 'strongest'
    UNION ALL
    SELECT DISTINCT 'popular', track_id, 1
    FROM spotifypopularsongs_refined
    WHERE track_id = 'strongest'
),
leaders AS (
    SELECT 'top played' AS list, track_id, row_number() OVER (ORDER BY min(rank), track_id) AS place
    FROM spotifytopplayed_refined
    WHERE snapshot_date = (SELECT max(snapshot_date) FROM dates)
    GROUP BY track_id
    UNION ALL
    SELECT 'popular', track_id, row_number() OVER (ORDER BY min(rank), track_id)
    FROM spotifypopularsongs_refined
    WHERE snapshot_date = (SELECT max(snapshot_date) FROM dates)
    GROUP BY track_id
),
chosen AS (
    SELECT * FROM asked
    UNION ALL
    SELECT * FROM leaders WHERE place <= 10 AND (SELECT count(*) FROM asked) = 0
),
-- Several playlists or searches may list a song: its best place counts.
places AS (
    SELECT
        'top played' AS list, snapshot_date, track_id,
        min(rank) AS rank, max(track) AS track, max(artist) AS artist, max(track_pop) AS track_pop
    FROM spotifytopplayed_refined
    WHERE track_id IN (SELECT track_id FROM chosen WHERE list = 'top played')
    GROUP BY snapshot_date, track_id
    UNION ALL
    SELECT
        'popular', snapshot_date, track_id, min(rank), max(track), max(artist), max(track_pop)
    FROM spotifypopularsongs_refined
    WHERE track_id IN (SELECT track_id FROM chosen WHERE list = 'popular')
    GROUP BY snapshot_date, track_id
),
songs AS (
    SELECT list, track_id, max(track) AS track, max(artist) AS artist
    FROM places
    GROUP BY list, track_id
)
SELECT
    chosen.list, chosen.place, songs.track, songs.artist, snapshots.snapshot_date, snapshots.weeks_missing,
    places.rank, places.track_pop, chosen.track_id
FROM chosen
JOIN songs ON songs.list = chosen.list AND songs.track_id = chosen.track_id
JOIN snapshots ON snapshots.list = chosen.list
LEFT JOIN places
    ON places.list = chosen.list AND places.track_id = chosen.track_id AND places.snapshot_date = snapshots.snapshot_date
ORDER BY chosen.list DESC, chosen.place, snapshots.snapshot_date
