;;; python_child.el --- dap-mode looks into a tool written in Python  -*- lexical-binding: t; -*-

;; PROGRAM, TOOLS and RUN are in the environment.  Prints a line for each stop; test_emacs.py compares them.

(load (expand-file-name "session.el" (file-name-directory load-file-name)) nil t)

(defvar parent nil "The session that runs the app.")

(defun told-port ()
  "The port that the output of the run says, once it does."
  (with-current-buffer (dap--debug-session-output-buffer parent)
    (save-excursion
      (goto-char (point-min))
      (when (re-search-forward "attach any client of debugpy to 127\\.0\\.0\\.1:\\([0-9]+\\)" nil t)
        (string-to-number (match-string 1))))))

(break-at (getenv "TOOLS") 3)
(find-file (getenv "PROGRAM"))
(dap-debug (append (template "namel3ss: run this app, then walk through it") (list :trace (getenv "RUN"))))
(setq parent (dap--cur-session))
(namel3ss-attach-python (wait-for "a port" #'told-port))
(let* ((two (list (wait-for "a stop" (lambda () (pop stops))) (wait-for "a stop" (lambda () (pop stops)))))
       (child (car (remq parent two))))
  (unless (and (memq parent two) child)
    (princ "both sessions should have stopped\n")
    (kill-emacs 1))
  (dolist (session (list child parent))
    (dap--switch-to-session session)
    (let ((frames (wait-for "frames" (lambda () (gethash (dap--debug-session-thread-id session)
                                                         (dap--debug-session-thread-stack-frames session))))))
      (dap--go-to-stack-frame session (elt frames 0))) ; as dap-switch-stack-frame does
    (setq stops (list session))
    (say-stop (if (eq session parent) "parent" "child"))
    (say-variables (if (eq session parent) "Inputs" "Locals")))
  (move "step back" #'namel3ss-step-back)
  (dap-disconnect parent)
  (wait-for "the end" (lambda () (not (process-live-p (dap--debug-session-proc parent))))))
(princ "ended\n")
