# The files of R for the tests: Rscript r_files.R, in this folder.
d <- data.frame(group=factor(c("a","a","b","b")), y=c(1.5,2.25,NA,-4), n=c(1L,2L,3L,-4L), note=c("\u00c4rger, \"x\"","blue","red","<b>bold</b>"))
saveRDS(d,"table.rds"); saveRDS(d,"plain.rds",compress=FALSE,version=2); saveRDS(d,"ascii.rds",ascii=TRUE); save(d,file="table.RData",compress="xz")
con <- file("little.rds","wb"); serialize(d,con,xdr=FALSE); close(con)
f <- compiler::cmpfun(function(x) { for (i in 1:3) x <- tryCatch(x * i, error=function(e) stop(e)); sapply(x, function(z) z + quote(a + b)[[2]]) })
environment(f) <- globalenv()
env <- new.env(parent=emptyenv()); assign("k", d, env)
e <- data.frame(id=as.character(1:5), o=factor(c("lo","hi",NA,"mid","lo"),levels=c("lo","mid","hi","never"),ordered=TRUE), l=c(TRUE,NA,FALSE,TRUE,TRUE))
e$day <- as.Date(c("2020-02-28","2020-02-29",NA,"1899-12-31","2400-01-01"))
e$at <- as.POSIXct("2020-03-29 00:30:00.25",tz="Europe/Berlin")+3600*(0:4)
e$dt <- as.difftime(c(30,60,90,NA,1440),units="mins")
e$i64 <- bit64::as.integer64(c("9007199254740993","9007199254740992","1",NA,"-5"))
e$lab <- haven::labelled(c(1,2,3,1,NA),c(one=1,two=2,three=3,four=4),label="A label")
e$spss <- haven::labelled_spss(c(1,2,99,1,97),c(no=1,yes=2,refused=99),na_values=99,na_range=c(96,98),label="Asked")
e$m <- matrix(c(1:9,NA),5,dimnames=list(NULL,c("u","v"))); e$li <- as.list(1:5); e$cx <- complex(5); e$lt <- NULL
e$hm <- hms::hms(hours=c(1:4,NA))
m <- lm(y ~ n, d); z <- 1:3; pr <- expression(stop("never"))
tt <- 1:3
save(d,e,f,env,m,z,pr,file="many.RData",compress="bzip2",version=3)
