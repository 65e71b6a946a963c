# Wide tables and what R's reshape() makes of them, as reshape.json. Run in the tests folder: Rscript reference/make_reshape.R
# R 4.2.2. Data: sleepstudy made wide with some days missing; R's own Indometh and a table of two measurements.
suppressMessages(library(jsonlite))
sleep <- read.csv("data_files/sleepstudy.csv")
sleep$Reaction[c(3, 17, 44, 45, 180)] <- NA
wide <- reshape(sleep, direction="wide", idvar="Subject", timevar="Days", v.names="Reaction", sep="")
indometh <- reshape(as.data.frame(Indometh), direction="wide", idvar="Subject", timevar="time", v.names="conc")
indometh$Subject <- as.integer(as.character(indometh$Subject))
two <- data.frame(who=c("c", "a", "b"), age=c(31, 40, 28), bp_pre=c(120, 131, NA), bp_post=c(118, NA, NA), hr_pre=c(60, 71, 66), hr_post=c(59, 70, NA))
long <- list(
  sleepstudy=reshape(wide, direction="long", idvar="Subject", varying=paste0("Reaction", 0:9), timevar="time", v.names="Reaction", times=0:9),
  indometh=reshape(indometh, direction="long", idvar="Subject", varying=grep("conc", names(indometh), value=TRUE), timevar="time", v.names="conc",
                   times=as.numeric(sub("conc.", "", grep("conc", names(indometh), value=TRUE), fixed=TRUE))),
  two=reshape(two, direction="long", idvar="who", varying=list(c("bp_pre", "bp_post"), c("hr_pre", "hr_post")), timevar="time", v.names=c("bp", "hr"), times=c("pre", "post")))
out <- list()
for (name in names(long)) {
  w <- list(sleepstudy=wide, indometh=indometh, two=two)[[name]]
  out[[name]] <- list(wide=as.list(w), long=lapply(as.list(long[[name]]), unname))
}
write(toJSON(out, digits=NA, na="null"), "reference/reshape.json")
