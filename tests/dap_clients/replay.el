;;; replay.el --- dap-mode walks a recording, forwards and backwards  -*- lexical-binding: t; -*-

;; APP, beside which trace.jsonl lies, is in the environment.  Prints a line for each stop; test_emacs.py compares them.

(load (expand-file-name "session.el" (file-name-directory load-file-name)) nil t)

(break-at (getenv "APP") 9)
(dap-debug (template "namel3ss: replay the trace"))
(say-stop "entry")
(move "continue" #'on)
(say-variables "Inputs")
(move "next" #'dap-next)
(move "step back" #'namel3ss-step-back)
(move "step in" #'dap-step-in)
(move "step out" #'dap-step-out)
(move "continue" #'on)
(move "continue" #'on)
(move "reverse continue" #'namel3ss-reverse-continue)
(move "reverse continue" #'namel3ss-reverse-continue)
(let ((process (dap--debug-session-proc (dap--cur-session))))
  (dap-disconnect (dap--cur-session))
  (wait-for "the end" (lambda () (not (process-live-p process)))))
(princ "ended\n")
