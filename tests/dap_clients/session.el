;;; session.el --- what the sessions with dap-mode have in common  -*- lexical-binding: t; -*-

;; PYTHON, and NAMEL3SS_EL with the configuration that docs/editors.md gives, are in the environment.

(require 'cl-lib)

(defconst patience 20 "The most seconds to wait for anything.")

(defvar namel3ss-python (getenv "PYTHON"))
(load (getenv "NAMEL3SS_EL") nil t)

(setq lsp-session-file (expand-file-name "lsp-session" (getenv "HOME"))
      dap-breakpoints-file (expand-file-name "dap-breakpoints" (getenv "HOME"))
      dap-auto-configure-features nil
      dap-auto-show-output nil
      make-backup-files nil)

(defvar stops nil "The stops that were not looked at yet, oldest first, each as its session.")
(add-hook 'dap-stopped-hook (lambda (session) (setq stops (append stops (list session)))))

(defun wait-for (what ready)
  "Let Emacs go on until READY gives something, and return that; WHAT is said when it never does."
  (let ((late (+ (float-time) patience)) found)
    (while (and (not (setq found (funcall ready))) (< (float-time) late))
      (accept-process-output nil 0.05))
    (or found (progn (princ (format "nothing came: %s\n" what)) (kill-emacs 1)))))

(defun ask (command arguments)
  "The body of the answer to a request."
  (let (answer)
    (dap--send-message (dap--make-request command arguments)
                       (lambda (response) (setq answer (list response)))
                       (dap--cur-session))
    (let ((response (car (wait-for command (lambda () answer)))))
      (unless (eq t (gethash "success" response))
        (princ (format "%s was refused: %s\n" command (gethash "message" response)))
        (kill-emacs 1))
      (gethash "body" response))))

(defun say-stop (title)
  "Print where the session has come to rest."
  (let ((session (wait-for title (lambda () (pop stops)))))
    (wait-for "a frame" (lambda () (dap--debug-session-active-frame session)))
    (let ((frame (dap--debug-session-active-frame session)))
      (princ (format "%s: %s, %s:%s%s\n" title (gethash "name" frame)
                     (file-name-nondirectory (gethash "path" (gethash "source" frame)))
                     (gethash "line" frame)
                     (if (plist-get (dap--debug-session-launch-args session) :trace)
                         (format ", event %s" (gethash "moment" (ask "n3/position" nil)))
                       ""))))))

(defun say-variables (scope-name)
  "Print the variables of a scope of the innermost frame."
  (let* ((frame (gethash "id" (dap--debug-session-active-frame (dap--cur-session))))
         (scopes (gethash "scopes" (ask "scopes" (list :frameId frame))))
         (scope (cl-find scope-name scopes :key (lambda (each) (gethash "name" each)) :test #'equal))
         (answer (ask "variables" (list :variablesReference (gethash "variablesReference" scope)))))
    (seq-doseq (variable (gethash "variables" answer))
      (princ (format "  %s = %s\n" (gethash "name" variable) (gethash "value" variable))))))

(defun break-at (file line)
  "Set a breakpoint, as a person does."
  (find-file file)
  (goto-char (point-min))
  (forward-line (1- line))
  (dap-breakpoint-add))

(defun template (name)
  "A configuration as the template of that name gives it."
  (copy-tree (cdr (assoc name dap-debug-template-configurations))))

(defun on ()
  "Go on from where the session rests."
  (interactive)
  (dap-continue (dap--cur-session) (dap--debug-session-thread-id (dap--cur-session))))

(defun move (title command)
  "Do something that ends in a stop, and print it."
  (setf (dap--debug-session-active-frame (dap--cur-session)) nil)
  (call-interactively command)
  (say-stop title))
