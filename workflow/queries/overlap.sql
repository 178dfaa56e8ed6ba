-- Which songs are on both lists this week?
-- beginning.sql
SELECT
    played.rank AS rank_played, popular.rank AS rank_popular, played.track, played.artist,
    coalesce(played.track_pop, popular.track_pop) AS track_pop, played.track_id, played.snapshot_date
FROM this_week
CROSS JOIN charts AS played
CROSS JOIN charts AS popular
WHERE this_week.list = 'top played' AND played.list = this_week.list AND played.snapshot_date = this_week.snapshot_date
    AND popular.list = 'popular' AND popular.snapshot_date = played.snapshot_date AND popular.track_id = played.track_id
ORDER BY played.rank + popular.rank, played.rank, played.track_id
