-- Which artists have the most songs on each list?
-- popularity is the sum over an artist's songs, to which a song of unknown popularity adds nothing. Where no song of a list
-- has a popularity, nobody has a place by it.
-- beginning.sql
, artists AS (
    SELECT
        charts.list, artist, count(*) AS songs, sum(track_pop) AS popularity,
        count(*) - count(track_pop) AS unknown_popularity, min(rank) AS best_rank
    FROM this_week
    JOIN charts ON charts.list = this_week.list AND charts.snapshot_date = this_week.snapshot_date
    GROUP BY charts.list, artist
)
SELECT
    list, artist, songs, popularity, unknown_popularity, best_rank,
    rank() OVER (PARTITION BY list ORDER BY songs DESC) AS place_by_songs,
    CASE
        WHEN max(popularity) OVER (PARTITION BY list) IS NOT NULL
            THEN rank() OVER (PARTITION BY list ORDER BY popularity DESC NULLS LAST)
    END AS place_by_popularity
FROM artists
ORDER BY list DESC, songs DESC, popularity DESC NULLS LAST, artist
