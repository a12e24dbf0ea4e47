(fn body: (_) @function.inside) @function.around
[(schema) (stack) (profile)] @class.around
(comment) @comment.inside
(comment)+ @comment.around
(parameter) @parameter.inside
