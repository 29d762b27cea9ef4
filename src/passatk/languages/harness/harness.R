local({
  input <- file("stdin", "rb", raw = TRUE)
  token <- readBin(input, "raw", 32L)
  close(input)
  proof <- file("/proc/self/fd/3", "wb", raw = TRUE)
  leave <- function(code, words) {
    flush(stdout())
    cat(words, "\n", file = stderr(), sep = "")
    base::quit("no", code, FALSE)
  }
  taken <- function(name) {
    text <- readLines(name, warn = FALSE, encoding = "UTF-8")
    unlink(name)
    text
  }
  tests <- taken("tests.R")
  program <- taken("program.R")
  unlink("harness.R")
  base::set.seed(1)
  compiled <- function(text, name) {
    tryCatch(parse(text = text, srcfile = srcfilecopy(name, text), keep.source = FALSE), error = function(e) {
      leave(64L, sub("^<text>", name, conditionMessage(e)))
    })
  }
  program <- compiled(program, "program.R")
  tests <- compiled(tests, "tests.R")
  said <- function(e) {
    call <- conditionCall(e)
    where <- if (is.null(call)) "" else paste0(" in ", deparse(call, nlines = 1L)[1L])
    list(words = paste0("Error", where, ": ", conditionMessage(e)), call = call)
  }
  # what compares values, none of which may be the program's
  compares <- "^(all\\.equal|identical|stopifnot|isTRUE|Ops|Math|Summary|==|!=|length|\\[|\\[\\[|\\$|as\\.|is\\.|format|print|mode|attributes|unlist)"
  state <- function() {
    names <- sort(grep(compares, ls(baseenv(), all.names = TRUE), value = TRUE))
    c(
      lapply(names, function(name) { it <- get(name, baseenv()); if (is.primitive(it)) name else list(formals(it), body(it)) }),
      list(grep(compares, ls(globalenv(), all.names = TRUE), value = TRUE)),
      list(sort(grep("^(all\\.equal|Ops|length|\\[|==|!=)", ls(get(".__S3MethodsTable__.", baseenv()), all.names = TRUE), value = TRUE)))
    )
  }
  same <- base::identical
  before <- state()
  held <- tryCatch({ for (part in program) eval(part, globalenv()); NULL }, error = said)
  if (!is.null(held)) leave(1L, held$words)
  ours <- new.env(parent = baseenv())
  for (name in c(NAMES)) if (exists(name, globalenv(), inherits = FALSE)) assign(name, get(name, globalenv()), ours)
  failed <- function(words) leave(65L, paste0("Assertion failed: ", words))
  ours$quit <- ours$q <- function(save = "default", status = 0, runLast = TRUE) {
    if (status == 0) leave(0L, "the tests ended before their end") else failed(paste("the tests quit with status", status))
  }
  ours$stopifnot <- function(...) {
    calls <- as.list(substitute(list(...)))[-1L]
    values <- list(...)
    for (place in seq_along(values)) {
      if (!same(is.logical(values[[place]]) && !anyNA(values[[place]]) && all(values[[place]]), TRUE)) {
        failed(paste(deparse(calls[[place]], nlines = 1L)[1L], "is not TRUE"))
      }
    }
  }
  if (!same(state(), before)) leave(0L, "the program changed how values are compared")
  held <- tryCatch({ for (part in tests) eval(part, ours); NULL }, error = said)
  if (!is.null(held)) leave(1L, held$words)
  if (!same(state(), before)) leave(0L, "the program changed how values are compared")
  writeBin(token, proof)
  close(proof)
})
