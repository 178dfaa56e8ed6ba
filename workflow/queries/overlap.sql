-- Which songs are both most played and most popular?
-- 'latest' can be a day instead, such as '2026-11-22': then the last snapshot up to it.
WITH
listed AS (
    SELECT 'top played' AS list, snapshot_date, track_id, rank, track, artist, track_pop
    FROM spotifytopplayed_refined
    UNION ALL
    SELECT 'popular', snapshot_date, track_id, rank, track, artist, track_pop
    FROM spotifypopularsongs_refined
),
week AS (
    SELECT max(snapshot_date) AS snapshot_date
    FROM listed
    WHERE snapshot_date <= 'latest'
),
songs AS (
    SELECT list, track_id, min(rank) AS rank, max(track) AS track, max(artist) AS artist, max(track_pop) AS track_pop
    FROM listed
    WHERE snapshot_date = (SELECT snapshot_date FROM week)
    GROUP BY list, track_id
)
SELECT
    played.rank AS rank_played, popular.rank AS rank_popular, played.track, played.artist,
    coalesce(played.track_pop, popular.track_pop) AS track_pop, played.track_id, week.snapshot_date
FROM songs AS played
JOIN songs AS popular ON popular.list = 'popular' AND popular.track_id = played.track_id
CROSS JOIN week
WHERE played.list = 'top played'
ORDER BY played.rank + popular.rank, played.rank, played.track_id
