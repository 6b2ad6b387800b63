-- Of somebody's account what Slack says is kept; who may act is judged from it each time.
delete from people where kind = 'user';
