insert into plain (body) values (md5(random()::text) || md5(random()::text) || md5(random()::text))
