-- Which songs are both most played and most popular?
-- 'latest' can be a day instead, such as '2026-11-22': then the last snapshot up to it.
WITH
week AS (
    SELECT max(snapshot_date) AS snapshot_date
    FROM (
        SELECT max(snapshot_date) AS snapshot_date FROM spotifytopplayed_refined WHERE snapshot_date <= 'latest'
        UNION ALL
        SELECT max(snapshot_date) FROM spotifypopularsongs_refined WHERE snapshot_date <= 'latest'
    )
),
played AS (
    SELECT track_id, min(rank) AS rank, max(track) AS track, max(artist) AS artist, max(track_pop) AS track_pop
    FROM spotifytopplayed_refined
    WHERE snapshot_date = (SELECT snapshot_date FROM week)
    GROUP BY track_id
),
popular AS (
    SELECT track_id, min(rank) AS rank, max(track_pop) AS track_pop
    FROM spotifypopularsongs_refined
    WHERE snapshot_date = (SELECT snapshot_date FROM week)
    GROUP BY track_id
)
SELECT
    played.rank AS rank_played, popular.rank AS rank_popular, played.track, played.artist,
    coalesce(played.track_pop, popular.track_pop) AS track_pop, played.track_id, week.snapshot_date
FROM played
JOIN popular ON popular.track_id = played.track_id
CROSS JOIN week
ORDER BY played.rank + popular.rank, played.rank, played.track_id
