-- Which artists have the most songs and the most popularity this week?
-- Places count by number of songs and by summed popularity, to which a song of unknown popularity adds nothing.
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
songs AS (
    SELECT 'top played' AS list, track_id, min(rank) AS rank, max(artist) AS artist, max(track_pop) AS track_pop
    FROM spotifytopplayed_refined
    WHERE snapshot_date = (SELECT snapshot_date FROM week)
    GROUP BY track_id
    UNION ALL
    SELECT 'popular', track_id, min(rank), max(artist), max(track_pop)
    FROM spotifypopularsongs_refined
    WHERE snapshot_date = (SELECT snapshot_date FROM week)
    GROUP BY track_id
),
artists AS (
    SELECT
        list, artist, count(*) AS songs, sum(track_pop) AS popularity,
        count(*) - count(track_pop) AS unknown_popularity, min(rank) AS best_rank
    FROM songs
    GROUP BY list, artist
)
SELECT
    list, artist, songs, popularity, unknown_popularity, best_rank,
    rank() OVER (PARTITION BY list ORDER BY songs DESC) AS place_by_songs,
    rank() OVER (PARTITION BY list ORDER BY popularity DESC NULLS LAST) AS place_by_popularity
FROM artists
ORDER BY list DESC, songs DESC, popularity DESC NULLS LAST, artist
